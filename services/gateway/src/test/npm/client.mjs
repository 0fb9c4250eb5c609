// Talks to a gateway as an application does that was written for OpenAI; prints what it saw as JSON.
import OpenAI, { BadRequestError, NotFoundError } from "openai";

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any", maxRetries: 0 });
const seen = {};

seen.models = (await client.models.list()).data.map((one) => one.id);
const request = { model, prompt: "4891", max_tokens: 6, temperature: 0 };
const whole = await client.completions.create({ ...request, logprobs: 2 });
seen.text = whole.choices[0].text;
seen.usage = whole.usage;
seen.logprobs = whole.choices[0].logprobs.token_logprobs.length;

seen.streamed = "";
const stream = await client.completions.create({
  ...request, stream: true, stream_options: { include_usage: true },
  steering: { include: ["revisions"] },
});
for await (const chunk of stream) {
  seen.streamed += chunk.choices[0]?.text ?? "";
  seen.streamedUsage = chunk.usage ?? seen.streamedUsage;
  seen.revision ??= chunk.choices[0]?.steering?.tokens[0]?.revision;
}

seen.chat = "";
const messages = [{ role: "user", content: "4891" }];
const helper = client.chat.completions.stream({ model, messages, max_tokens: 6, temperature: 0 });
helper.on("content", (delta) => { seen.chat += delta; });
seen.chatFinal = await helper.finalContent();

try {
  await client.completions.create({ ...request, model: "none" });
} catch (error) {
  seen.notFound = error instanceof NotFoundError && error.code;
}
try {
  await client.completions.create({ ...request, logit_bias: { 5: 1 } });
} catch (error) {
  seen.badRequest = error instanceof BadRequestError && error.param;
}
console.log(JSON.stringify(seen));
