// @slack/rtm-api
const { RTMClient } = require("@slack/rtm-api");
const hear = require("./web.js");
const rtm = new RTMClient(process.env.SLACK_BOT_TOKEN);
rtm.on("message", hear);
rtm.start();
