// Which screen is shown: the door to those who are not logged in, then what the address says.

import { useEffect, useState } from "preact/hooks";
import { QuestionDialog } from "../controls/question";
import { seconds } from "../i18n/time";
import { t } from "../i18n/text";
import { type LateAnswer, follow, onLate } from "../state/connection";
import { exchanges, late, recall } from "../state/conversation";
import { nameOf } from "../state/house";
import { askMe, logout, me } from "../state/login";
import { toast } from "../state/toasts";
import { Banners } from "./banners";
import { Header } from "./header";
import { Devices } from "./home/devices";
import { Request } from "./home/request";
import { Login } from "./login";
import { Notices } from "./notices";
import { Planned } from "./planned/planned";
import { Settings } from "./settings/settings";
import { Toasts } from "./toasts";

export function App() {
  const who = me.value;
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const ask = () =>
      askMe().then(
        () => setAway(false),
        () => setAway(true),
      );
    void ask();
    const again = setInterval(() => me.value === null && void ask(), RETRY_MS);
    return () => clearInterval(again);
  }, []);
  if (!who) return <main class="door muted">{t(isAway ? "unreachable" : "loading")}</main>;
  return who.logged_in ? <House /> : <Login claimed={who.claimed} />;
}

function House() {
  const [view, setView] = useState(location.hash);
  useEffect(() => {
    const turn = () => setView(location.hash);
    addEventListener("hashchange", turn);
    const unfollow = follow();
    onLate.call = tellLate;
    void recall(RECALLED).catch(() => undefined);
    return () => {
      removeEventListener("hashchange", turn);
      unfollow();
    };
  }, []);
  return (
    <>
      <a class="skip" href="#devices">
        {t("skip")}
      </a>
      <Header view={view} />
      <Banners />
      <Notices />
      <Screen view={view} />
      <QuestionDialog />
      <Toasts />
    </>
  );
}

function Screen({ view }: { view: string }) {
  switch (view) {
    case "#settings":
      return <Settings logout={() => void logout().then(() => (exchanges.value = []))} />;
    case "#planned":
      return <Planned />;
    default:
      return (
        <main class="home">
          <Request />
          <Devices />
        </main>
      );
  }
}

function tellLate(told: LateAnswer): void {
  exchanges.value = late(exchanges.value, told);
  toast(t("lateToast", { name: nameOf(told.entity_id), n: seconds(told.late_ms) }));
}

const RETRY_MS = 3_000;
const RECALLED = 12;
