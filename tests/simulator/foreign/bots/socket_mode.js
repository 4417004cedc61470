// @slack/socket-mode
const { SocketModeClient } = require("@slack/socket-mode");
const hear = require("./web.js");
const client = new SocketModeClient({ appToken: process.env.SLACK_APP_TOKEN });
client.on("message", async ({ event, ack }) => { await ack(); await hear(event); });
client.start();
