// The head of every screen: whose page it is, whether the house is reached, and the way to the screens, each always at
// its place. On a phone the ways lie at the foot, under the thumb.

import { Icon, Mark } from "../controls/icons";
import { LangSwitch } from "../controls/lang_switch";
import { MuteButton } from "../controls/talk";
import { type Key, t } from "../i18n/text";
import { link } from "../state/connection";
import { status } from "../state/house";
import { ringing } from "../state/ringing";

export function Header({ view }: { view: string }) {
  return (
    <header class="top">
      <a class="brand" href="#home" aria-label={`Hearth: ${t("home")}`}>
        <Mark />
        <span>Hearth</span>
      </a>
      <span class={`dot ${tone()}`} aria-hidden="true" />
      <nav class="screens" aria-label={t("screens")}>
        <ScreenLink to="home" label="home" icon="home" view={view} />
        <ScreenLink to="planned" label="plannedShort" icon="timer" view={view} isRinging />
        <ScreenLink to="settings" label="settings" icon="gear" view={view} />
      </nav>
      <MuteButton />
      <LangSwitch />
    </header>
  );
}

function ScreenLink({
  to,
  label,
  icon,
  view,
  isRinging = false,
}: {
  to: string;
  label: Key;
  icon: string;
  view: string;
  isRinging?: boolean;
}) {
  return (
    <a href={`#${to}`} aria-current={view === to ? "page" : undefined}>
      <Icon name={isRinging && 0 < ringing.value.length ? "bell" : icon} />
      <span>{t(label)}</span>
    </a>
  );
}

function tone(): string {
  if (link.value === "starting") return "";
  return link.value === "up" && status.value?.broker ? "good" : "bad";
}
