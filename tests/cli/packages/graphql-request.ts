import { GraphQLClient, gql } from 'graphql-request';
import { parse, print } from 'graphql';

addEventListener('go', async (resolve) => {
  const client = new GraphQLClient('https://api.example.com/graphql');
  const data = await client.request(gql`query { todos { id } }`);
  resolve([data, print(parse('{a(b:1){c}}'))]);
});
