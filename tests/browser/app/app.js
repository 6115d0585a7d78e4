// A page like those that Ionic makes: buttons for the example's three events, and what came of them.

import { BackgroundRunner, configureWeb } from '@capacitor/background-runner';

import config from './capacitor.config.json';

const EVENTS = {
  myCustomEvent: {},
  myCustomEventWithReturnData: { user: { firstName: 'Ada', lastName: 'Lovelace' } },
  remoteNotification: { aps: { 'content-available': 1 } },
};

/** Shows the page, whose parts tests can reach. */
export function start(root) {
  configureWeb(config);
  Object.assign(window, { BackgroundRunner });
  root.innerHTML = `
    <style>
      body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: #f4f5f8; color: #222428; }
      header { padding: 12px 16px; background: #3880ff; color: #fff; font-weight: 600; }
      main { max-width: 480px; margin: 16px auto; padding: 0 16px; }
      button { display: block; width: 100%; margin: 8px 0; padding: 12px; border: 0; border-radius: 8px;
        background: #fff; box-shadow: 0 1px 3px #0003; font: inherit; text-align: left; }
      pre { padding: 12px; border-radius: 8px; background: #222428; color: #dfe3ea; white-space: pre-wrap; }
    </style>
    <header>Background Runner</header>
    <main></main>`;
  const main = root.querySelector('main');
  const log = document.createElement('pre');
  for (const [event, details] of Object.entries(EVENTS)) {
    const button = document.createElement('button');
    button.textContent = event;
    button.onclick = async () => {
      try {
        const value = await BackgroundRunner.dispatchEvent({ label: 'com.example.background.task', event, details });
        log.textContent += `${event}: ${JSON.stringify(value) ?? 'resolved'}\n`;
      } catch (error) {
        log.textContent += `${event}: ${error.code}: ${error.message}\n`;
      }
    };
    main.append(button);
  }
  main.append(log);
}
