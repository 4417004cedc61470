// What rtm.js and socket_mode.js have in common: @slack/web-api answers.
const { WebClient } = require("@slack/web-api");
const web = new WebClient(process.env.SLACK_BOT_TOKEN);
module.exports = async ({ channel, ts, text, bot_id }) => {
  if (bot_id) return;
  if (text === "answer") await web.chat.postMessage({ channel, text: "Hi" });
  if (text === "thread") await web.chat.postMessage({ channel, text: "Here", thread_ts: ts });
  if (text === "reaction") await web.reactions.add({ channel, timestamp: ts, name: "eyes" });
  if (text === "file") await web.filesUploadV2({ channel_id: channel, content: "Soup", filename: "a.txt" });
};
