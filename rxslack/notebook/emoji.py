"""The emoji that people use most, by Slack's names; all others stay as they are written."""

from __future__ import annotations

from typing import Final

__all__ = ["EMOJI", "emoji"]

_TABLE: Final = """
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 100 💯 alarm_clock ⏰ angry 😠 arrow_down ⬇️ arrow_left ⬅️
arrow_right ➡️ arrow_up ⬆️ art 🎨 baby 👶 balloon 🎈 bar_chart 📊 beer 🍺 beers 🍻 bell 🔔 bike 🚲
birthday 🎂 blue_heart 💙 blush 😊 bomb 💣 book 📖 books 📚 boom 💥 brain 🧠 broken_heart 💔 bug 🐛
bulb 💡 cake 🍰 calendar 📆 call_me_hand 🤙 camera 📷 cat 🐱 chart_with_downwards_trend 📉
chart_with_upwards_trend 📈 checkered_flag 🏁 clap 👏 clapping 👏 clipboard 📋 clock1 🕐 cloud ☁️
clown_face 🤡 coffee ☕ cold_sweat 😰 computer 💻 confetti_ball 🎊 confused 😕 construction 🚧 cookie 🍪
cool 🆒 cop 👮 cowboy_hat_face 🤠 crossed_fingers 🤞 cry 😢 crying_cat_face 😿 dancer 💃 dart 🎯
disappointed 😞 dizzy_face 😵 dog 🐶 email 📧 exclamation ❗ exploding_head 🤯 expressionless 😑 eyes 👀
face_palm 🤦 facepalm 🤦 face_with_rolling_eyes 🙄 fire 🔥 fist ✊ fingers_crossed 🤞 ghost 👻 gift 🎁
globe_with_meridians 🌐 green_heart 💚 grimacing 😬 grin 😁 grinning 😀 hammer 🔨 hammer_and_wrench 🛠️
handshake 🤝 hand ✋ heart ❤️ heart_eyes 😍 heavy_check_mark ✔️ heavy_plus_sign ➕ hourglass ⌛
hourglass_flowing_sand ⏳ house 🏠 hugging_face 🤗 hushed 😯 information_source ℹ️ inbox_tray 📥 innocent 😇
joy 😂 key 🔑 kissing_heart 😘 laughing 😆 link 🔗 lock 🔒 loudspeaker 📢 mag 🔍 mailbox 📫 man-shrugging 🤷‍♂️
mega 📣 memo 📝 metal 🤘 mask 😷 money_mouth_face 🤑 moneybag 💰 muscle 💪 nerd_face 🤓 neutral_face 😐
no_entry ⛔ no_entry_sign 🚫 no_good 🙅 octopus 🐙 ok_hand 👌 open_mouth 😮 package 📦 palm_tree 🌴
partly_sunny ⛅ partying_face 🥳 pencil 📝 pencil2 ✏️ pensive 😔 phone ☎️ pizza 🍕 point_down 👇
point_left 👈 point_right 👉 point_up ☝️ point_up_2 👆 popcorn 🍿 poop 💩 pray 🙏 pushpin 📌 question ❓
rabbit 🐰 rage 😡 rainbow 🌈 raised_hand ✋ raised_hands 🙌 recycle ♻️ red_circle 🔴 relaxed ☺️ relieved 😌
robot_face 🤖 rocket 🚀 rofl 🤣 rolling_on_the_floor_laughing 🤣 rotating_light 🚨 runner 🏃 satellite 📡
scream 😱 scroll 📜 see_no_evil 🙈 shield 🛡️ ship 🚢 shrug 🤷 skull 💀 sleeping 😴 slightly_frowning_face 🙁
slightly_smiling_face 🙂 smile 😄 smiley 😃 smirk 😏 snail 🐌 snake 🐍 snowflake ❄️ sob 😭 sparkles ✨
speak_no_evil 🙊 speech_balloon 💬 star ⭐ star-struck 🤩 star2 🌟 stopwatch ⏱️ stuck_out_tongue 😛
stuck_out_tongue_winking_eye 😜 sunflower 🌻 sunglasses 😎 sunny ☀️ sweat 😓 sweat_smile 😅 tada 🎉 taco 🌮
telephone_receiver 📞 thinking_face 🤔 thought_balloon 💭 tired_face 😫 toilet 🚽 tools 🛠️ trophy 🏆
turtle 🐢 umbrella ☔ unicorn_face 🦄 unlock 🔓 upside_down_face 🙃 v ✌️ warning ⚠️ wastebasket 🗑️ wave 👋
weary 😩 whale 🐳 white_check_mark ✅ white_circle ⚪ wine_glass 🍷 wink 😉 woman-shrugging 🤷‍♀️ worried 😟
wrench 🔧 writing_hand ✍️ x ❌ yellow_heart 💛 yum 😋 zany_face 🤪 zap ⚡ zipper_mouth_face 🤐 zzz 💤
"""


def _read(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


EMOJI: Final = _read(_TABLE)


def emoji(name: str) -> str | None:
    """
    The character for a name; of a skin tone only the hand is shown.

    >>> emoji("tada"), emoji("wave::skin-tone-3"), emoji("party-parrot")
    ('🎉', '👋', None)

    Source: docs.slack.dev/messaging/formatting-message-text, "Emoji".
    """
    return EMOJI.get(name.partition("::")[0])
