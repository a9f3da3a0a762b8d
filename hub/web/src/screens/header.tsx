// The head of every screen: whose page it is, whether the house is reached, and the way to the other screens.

import { Icon, Mark } from "../controls/icons";
import { LangSwitch } from "../controls/lang_switch";
import { type Key, t } from "../i18n/text";
import { link } from "../state/connection";
import { status } from "../state/house";

export function Header({ view }: { view: string }) {
  return (
    <header class="top">
      <a class="brand" href="#home">
        <Mark />
        <span>Hearth</span>
      </a>
      <span class={`dot ${tone()}`} aria-hidden="true" />
      <nav>
        <LangSwitch />
        <ScreenLink to="#planned" label="planned" icon="timer" view={view} />
        <ScreenLink to="#settings" label="settings" icon="gear" view={view} />
      </nav>
    </header>
  );
}

/** Leads to a screen, and home from it. */
function ScreenLink({ to, label, icon, view }: { to: string; label: Key; icon: string; view: string }) {
  const isHere = view === to;
  const text = t(isHere ? "home" : label);
  return (
    <a class="round" href={isHere ? "#home" : to} aria-label={text} title={text}>
      <Icon name={isHere ? "home" : icon} />
    </a>
  );
}

function tone(): string {
  if (link.value === "starting") return "";
  return link.value === "up" && status.value?.broker ? "good" : "bad";
}
