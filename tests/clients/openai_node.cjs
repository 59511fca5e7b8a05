// Asks one question with the `openai` package for Node: node openai_node.cjs URL HOW BODY; prints what it made of the reply.
const OpenAI = require("openai");

async function whole(client, body) {
  const reply = await client.chat.completions.create(body);
  const choice = reply.choices[0];
  return { text: choice.message.content, finish: choice.finish_reason, total_tokens: reply.usage.total_tokens };
}

async function streamed(client, body) {
  const said = { text: "", finish: null, total_tokens: null };
  for await (const part of await client.chat.completions.create(body)) {
    const choice = part.choices[0];
    said.text += choice?.delta?.content ?? "";
    said.finish = choice ? choice.finish_reason : said.finish;
    said.total_tokens = part.usage?.total_tokens ?? said.total_tokens;
  }
  return said;
}

// The helper that puts a stream together by itself.
async function helped(client, body) {
  const final = await client.chat.completions.stream(body).finalChatCompletion();
  const choice = final.choices[0];
  return { text: choice.message.content, finish: choice.finish_reason, total_tokens: final.usage.total_tokens };
}

const [url, how, body] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 });
({ whole, streamed, helped })[how](client, JSON.parse(body)).then((said) => console.log(JSON.stringify(said)));
