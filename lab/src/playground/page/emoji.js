// Which sign stands for an emoji's name?

const EMOJI = {
  white_check_mark: "✅", eyes: "👀", warning: "⚠️", tada: "🎉", "+1": "👍", thumbsup: "👍", "-1": "👎", heart: "❤️",
  fire: "🔥", rotating_light: "🚨", lock: "🔒", key: "🔑", paperclip: "📎", memo: "📝", x: "❌", question: "❓",
  hourglass_flowing_sand: "⏳", red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", bell: "🔔",
  robot_face: "🤖", raising_hand: "🙋", pray: "🙏", rocket: "🚀", smile: "😄", thinking_face: "🤔", wave: "👋",
};

// What a person can choose from in a message's menu.
export const CHOICE = ["eyes", "white_check_mark", "+1", "tada"];

export const emoji = (name) => EMOJI[name.split("::")[0]] || ":" + name + ":";

// A text in which names of emoji are replaced by their signs.
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] || whole);
