// Asks one question with the `openai` package for Node: node openai_node.cjs URL HOW BODY HEADERS; prints what it made of the reply.
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

async function response(client, body) {
  const reply = await client.responses.create(body);
  return { text: reply.output_text, finish: reply.status, total_tokens: reply.usage.total_tokens };
}

async function responseStream(client, body) {
  let text = "";
  let last = null;
  for await (const event of await client.responses.create(body)) {
    text += event.type === "response.output_text.delta" ? event.delta : "";
    last = event.response ?? last;
  }
  return { text, finish: last.status, total_tokens: last.usage.total_tokens };
}

const ways = { whole, streamed, helped, response, responseStream };
const [url, how, body, headers] = process.argv.slice(2);
const options = { baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0, defaultHeaders: JSON.parse(headers) };
ways[how](new OpenAI(options), JSON.parse(body)).then((said) => console.log(JSON.stringify(said)));
