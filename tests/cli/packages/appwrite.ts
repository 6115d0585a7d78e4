import { Client, Databases, Query, ID } from 'appwrite';

addEventListener('go', async (resolve) => {
  const client = new Client().setEndpoint('https://api.example.com/v1').setProject('p');
  resolve([Query.equal('a', [1]), ID.custom('x'), new Databases(client) instanceof Databases]);
});
