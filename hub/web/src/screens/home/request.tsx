// The request box, and the conversation under it.

import { useState } from "preact/hooks";
import { AreaOptions } from "../../controls/area_options";
import { Icon } from "../../controls/icons";
import { TalkButton, TalkPanel } from "../../controls/talk";
import { t } from "../../i18n/text";
import { area, chooseArea, say } from "../../state/conversation";
import { Conversation } from "./conversation";

export function Request() {
  const [text, setText] = useState("");
  const send = (event: Event) => {
    event.preventDefault();
    const words = text.trim();
    if (!words) return;
    setText("");
    void say(words);
  };
  return (
    <section class="request" aria-label={t("askLabel")}>
      <form class="ask" onSubmit={send}>
        <input
          type="text"
          name="request"
          autocomplete="off"
          enterKeyHint="send"
          maxLength={600}
          placeholder={t("askPlaceholder")}
          aria-label={t("askLabel")}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <label class="where">
          <Icon name="home" size={18} />
          <span class="hidden">{t("where")}</span>
          <select value={area.value} onChange={(event) => chooseArea(event.currentTarget.value)}>
            <AreaOptions none="anywhere" />
          </select>
        </label>
        <TalkButton />
        <button type="submit" class="send" aria-label={t("send")} disabled={!text.trim()}>
          <Icon name="send" />
        </button>
      </form>
      <TalkPanel />
      <Conversation />
    </section>
  );
}
