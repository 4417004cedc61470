// The emoji that people use most, by Slack's names; any other is shown by its name.

const TABLE = `
+1 👍 -1 👎 100 💯 airplane ✈️ alarm_clock ⏰ alien 👽 angry 😠 arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_up ⬆️
art 🎨 ballot_box_with_check ☑️ bar_chart 📊 beer 🍺 beers 🍻 bell 🔔 birthday 🎂 blue_heart 💙 blush 😊 book 📖 books 📚
boom 💥 brain 🧠 broken_heart 💔 bug 🐛 bulb 💡 bust_in_silhouette 👤 cactus 🌵 cake 🍰 calendar 📅 camera 📷 cat 🐱
chart_with_downwards_trend 📉 chart_with_upwards_trend 📈 checkered_flag 🏁 clap 👏 clipboard 📋 cloud ☁️ coffee ☕
computer 💻 confetti_ball 🎊 confused 😕 construction 🚧 cookie 🍪 cry 😢 crying_cat_face 😿 dancer 💃 dart 🎯 dash 💨
dizzy_face 😵 dog 🐶 dolphin 🐬 droplet 💧 earth_africa 🌍 email 📧 exclamation ❗ eyes 👀 face_palm 🤦 facepalm 🤦
fire 🔥 fireworks 🎆 flushed 😳 four_leaf_clover 🍀 gear ⚙️ gem 💎 ghost 👻 gift 🎁 green_heart 💚 grimacing 😬 grin 😁
grinning 😀 hammer 🔨 hammer_and_wrench 🛠️ hand ✋ handshake 🤝 heart ❤️ heart_eyes 😍 heavy_check_mark ✔️
heavy_multiplication_x ✖️ hourglass ⌛ hourglass_flowing_sand ⏳ house 🏠 hugging_face 🤗 information_source ℹ️ innocent 😇
interrobang ⁉️ jack_o_lantern 🎃 joy 😂 key 🔑 kissing_heart 😘 large_blue_circle 🔵 large_green_circle 🟢
large_orange_circle 🟠 large_red_circle 🔴 large_yellow_circle 🟡 laughing 😆 link 🔗 lock 🔒 loudspeaker 📢 mag 🔍
mailbox 📫 mega 📣 memo 📝 money_mouth_face 🤑 moneybag 💰 moon 🌔 muscle 💪 musical_note 🎵 neutral_face 😐 no_entry ⛔
no_entry_sign 🚫 ok 🆗 ok_hand 👌 one 1️⃣ orange_heart 🧡 package 📦 paperclip 📎 partying_face 🥳 party_popper 🎉 pensive 😔
phone ☎️ pizza 🍕 point_down 👇 point_left 👈 point_right 👉 point_up ☝️ point_up_2 👆 poop 💩 pray 🙏 purple_heart 💜
pushpin 📌 question ❓ rainbow 🌈 raised_hands 🙌 recycle ♻️ red_circle 🔴 relaxed ☺️ relieved 😌 robot_face 🤖 rocket 🚀
rofl 🤣 rolling_on_the_floor_laughing 🤣 rose 🌹 rotating_light 🚨 scream 😱 see_no_evil 🙈 seedling 🌱 shrug 🤷 skull 💀
sleeping 😴 slightly_smiling_face 🙂 smile 😄 smiley 😃 smiling_face_with_3_hearts 🥰 smirk 😏 snail 🐌 snowflake ❄️ sob 😭
sos 🆘 sparkles ✨ sparkling_heart 💖 speech_balloon 💬 star ⭐ star2 🌟 star-struck 🤩 stop_sign 🛑 stopwatch ⏱️
stuck_out_tongue 😛 sun_with_face 🌞 sunflower 🌻 sunglasses 😎 sunny ☀️ sunrise 🌅 sweat 😓 sweat_drops 💦 sweat_smile 😅
tada 🎉 taco 🌮 thinking_face 🤔 three 3️⃣ thumbsdown 👎 thumbsup 👍 timer_clock ⏲️ tired_face 😫 trophy 🏆 truck 🚚
turtle 🐢 two 2️⃣ umbrella ☔ unicorn_face 🦄 unlock 🔓 upside_down_face 🙃 v ✌️ warning ⚠️ wastebasket 🗑️ wave 👋
weary 😩 white_check_mark ✅ white_circle ⚪ wink 😉 worried 😟 wrench 🔧 x ❌ yellow_heart 💛 yum 😋 zap ⚡ zzz 💤
`;

const KNOWN = new Map();
const words = TABLE.trim().split(/\s+/);
for (let at = 0; at + 1 < words.length; at += 2) KNOWN.set(words[at], words[at + 1]);

/** Names, for suggestions. */
export const NAMES = [...KNOWN.keys()];

/** The character, or the name between colons when it is not known. */
export function emoji(name) {
  const plain = String(name).split("::")[0];
  return KNOWN.get(plain) ?? `:${plain}:`;
}
