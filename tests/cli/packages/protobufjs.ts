import protobuf from 'protobufjs';

addEventListener('go', async (resolve) => {
  const { root } = protobuf.parse('syntax = "proto3"; message Todo { int32 id = 1; string title = 2; repeated int64 at = 3; }');
  const Todo = root.lookupType('Todo');
  const bytes = Todo.encode(Todo.create({ id: 1, title: 'a', at: [5] })).finish();
  resolve([[...bytes], Todo.toObject(Todo.decode(bytes), { longs: String })]);
});
