import { XMLBuilder, XMLParser } from 'fast-xml-parser';

addEventListener('go', async (resolve) => {
  resolve([new XMLParser({ ignoreAttributes: false }).parse('<a b="1"><c>x</c><c>y</c></a>'), new XMLBuilder().build({ a: { b: [1, 2] } })]);
});
