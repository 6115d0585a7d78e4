import i18next from 'i18next';

addEventListener('go', async (resolve) => {
  await i18next.init({ lng: 'de', resources: { de: { translation: { hi: 'Hallo {{name}}' } } } });
  resolve([i18next.t('hi', { name: 'Ada' }), i18next.t('missing')]);
});
