// The switch between the page's languages, each under its own name.

import { LANGUAGES, type Lang, choose, lang, t } from "../i18n/text";

export function LangSwitch() {
  return (
    <div class="segments" role="group" aria-label={t("language")}>
      {Object.entries(LANGUAGES).map(([id, { name, tag }]) => (
        <button
          key={id}
          type="button"
          aria-pressed={lang.value === id}
          lang={tag}
          onClick={() => choose(id as Lang)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
