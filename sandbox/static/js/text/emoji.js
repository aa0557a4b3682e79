/** A modest set of shortcodes; an unknown one stays as it was typed. */

const TABLE = `
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 wave 👋 clap 👏 pray 🙏 muscle 💪 raised_hands 🙌 ok_hand 👌 handshake 🤝
point_right 👉 point_left 👈 point_up 👆 point_down 👇 writing_hand ✍️ eyes 👀 speech_balloon 💬 thought_balloon 💭
smile 😄 smiley 😃 grin 😁 slightly_smiling_face 🙂 wink 😉 blush 😊 sweat_smile 😅 joy 😂 heart_eyes 😍 sunglasses 😎
thinking_face 🤔 neutral_face 😐 disappointed 😞 cry 😢 sob 😭 tired_face 😫 sleeping 😴 hugging_face 🤗 partying_face 🥳
heart ❤️ green_heart 💚 blue_heart 💙 yellow_heart 💛 purple_heart 💜 sparkles ✨ star ⭐ star2 🌟 fire 🔥 zap ⚡ boom 💥 100 💯
tada 🎉 confetti_ball 🎊 trophy 🏆 medal 🏅 first_place_medal 🥇 rocket 🚀 dart 🎯 crown 👑 gift 🎁 balloon 🎈 champagne 🍾
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ no_entry ⛔ no_entry_sign 🚫
warning ⚠️ rotating_light 🚨 bangbang ‼️ exclamation ❗ question ❓ grey_question ❔ grey_exclamation ❕ information_source ℹ️
bell 🔔 no_bell 🔕 mega 📣 loudspeaker 📢 speaker 🔈 mute 🔇 zzz 💤 hourglass ⌛ hourglass_flowing_sand ⏳ stopwatch ⏱️ timer_clock ⏲️
alarm_clock ⏰ clock1 🕐 clock3 🕒 clock9 🕘 calendar 📅 date 📅 spiral_calendar_pad 🗓️ sunrise 🌅 sunny ☀️ crescent_moon 🌙 coffee ☕
email 📧 envelope ✉️ incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 mailbox 📫 phone 📞 telephone_receiver 📞 iphone 📱 computer 💻
memo 📝 pencil ✏️ pencil2 ✏️ page_facing_up 📄 clipboard 📋 bookmark 🔖 bookmark_tabs 📑 pushpin 📌 round_pushpin 📍 paperclip 📎 link 🔗
mag 🔍 bulb 💡 key 🔑 lock 🔒 unlock 🔓 gear ⚙️ wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ toolbox 🧰 package 📦 label 🏷️ moneybag 💰
dollar 💵 euro 💶 credit_card 💳 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 bar_chart 📊 briefcase 💼 office 🏢
house 🏠 factory 🏭 earth_africa 🌍 globe_with_meridians 🌐 world_map 🗺️ triangular_flag_on_post 🚩 checkered_flag 🏁 white_flag 🏳️
red_circle 🔴 large_red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵
large_purple_circle 🟣 white_circle ⚪ black_circle ⚫ large_orange_diamond 🔶 small_blue_diamond 🔹 small_orange_diamond 🔸
arrow_right ➡️ arrow_left ⬅️ arrow_up ⬆️ arrow_down ⬇️ arrow_forward ▶️ arrows_counterclockwise 🔄 repeat 🔁 back 🔙 new 🆕 free 🆓 sos 🆘
heavy_plus_sign ➕ heavy_minus_sign ➖ fast_forward ⏩ double_vertical_bar ⏸️ black_square_for_stop ⏹️ arrow_heading_up ⤴️ recycle ♻️
seedling 🌱 four_leaf_clover 🍀 herb 🌿 palm_tree 🌴 snowflake ❄️ umbrella ☔ rainbow 🌈 ocean 🌊 bee 🐝 turtle 🐢 robot_face 🤖 ghost 👻
bust_in_silhouette 👤 busts_in_silhouette 👥 woman-raising-hand 🙋‍♀️ man-raising-hand 🙋‍♂️ raising_hand 🙋 raised_hand ✋ v ✌️ crossed_fingers 🤞
one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ beach_with_umbrella 🏖️ airplane ✈️ car 🚗 ambulance 🚑 construction 🚧 traffic_light 🚥
`
  .trim()
  .split(/\s+/);

const EMOJI = new Map(Array.from({ length: TABLE.length / 2 }, (_, i) => [TABLE[2 * i], TABLE[2 * i + 1]]));

/** The character of a shortcode without colons (a skin tone is ignored), or null. */
export function emoji(name) {
  return EMOJI.get(name.replace(/::skin-tone-\d$/, "")) ?? null;
}
