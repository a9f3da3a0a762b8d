// The page: the door, then the home.

import { effect } from "@preact/signals";
import { render } from "preact";
import { language } from "./i18n/text";
import { App } from "./screens/app";
import "./styles/base.css";
import "./styles/parts.css";
import "./styles/conversation.css";
import "./styles/devices.css";
import "./styles/controls.css";
import "./styles/settings.css";
import "./styles/narrow.css";

effect(() => {
  document.documentElement.lang = language().tag;
});
const page = document.getElementById("page");
if (page) render(<App />, page);
