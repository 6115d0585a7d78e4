import * as cheerio from 'cheerio/slim';

addEventListener('go', async (resolve) => {
  const $ = cheerio.load('<ul><li class="a">One</li><li>Two</li></ul>');
  resolve([$('li.a').text(), $('li').map((_, it) => $(it).text()).get(), $.html()]);
});
