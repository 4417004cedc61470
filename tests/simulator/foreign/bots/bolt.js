// @slack/bolt, over Socket Mode
const { App } = require("@slack/bolt");
const app = new App({ token: process.env.SLACK_BOT_TOKEN, appToken: process.env.SLACK_APP_TOKEN, socketMode: true });
app.message("answer", async ({ say }) => say("Hi"));
app.message("thread", async ({ message, say }) => say({ text: "Here", thread_ts: message.ts }));
app.message("reaction", async ({ message, client }) =>
  client.reactions.add({ channel: message.channel, timestamp: message.ts, name: "eyes" }));
app.message("file", async ({ message, client }) =>
  client.filesUploadV2({ channel_id: message.channel, content: "Soup", filename: "a.txt" }));
app.start();
