import Papa from 'papaparse';

addEventListener('go', async (resolve) => {
  resolve([Papa.parse('a,b\n1,"x,y"', { header: true, dynamicTyping: true }).data, Papa.unparse([{ a: 1, b: 'x,y' }])]);
});
