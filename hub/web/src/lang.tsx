// The switch between the page's languages, each under its own name.

import { choose, lang, t } from "./text";

export function LangSwitch() {
  return (
    <div class="segments" role="group" aria-label={t("language")}>
      <button type="button" aria-pressed={lang.value === "en"} lang="en" onClick={() => choose("en")}>
        English
      </button>
      <button type="button" aria-pressed={lang.value === "zh"} lang="zh-Hans" onClick={() => choose("zh")}>
        中文
      </button>
    </div>
  );
}
