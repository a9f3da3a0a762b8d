// What a person sets: the PIN, people, rules, rooms, tokens, what is learned and remembered, the password.

import { address } from "../../api/client";
import { t } from "../../i18n/text";
import { status } from "../../state/house";
import { isOwner, isResident } from "../../state/login";
import { BoardMicrophone } from "./board_microphone";
import { Https } from "./https";
import { Learned } from "./learned";
import { Memory } from "./memory";
import { NamesHeard } from "./names_heard";
import { Password } from "./password";
import { People } from "./people";
import { Pin } from "./pin";
import { Refusals } from "./refusals";
import { Rooms } from "./rooms";
import { RulesCard } from "./rules";
import { ThisBrowser } from "./this_browser";
import { Tokens } from "./tokens";

export function Settings({ logout }: { logout: () => void }) {
  return (
    <>
      <h1>{t("settings")}</h1>
      <ThisBrowser />
      <Https />
      {isOwner() && (
        <>
          <Pin />
          <People />
          <RulesCard />
        </>
      )}
      {isResident() && (
        <>
          <Rooms />
          <BoardMicrophone />
          <NamesHeard />
          <Refusals />
          <Tokens />
        </>
      )}
      <Learned />
      <Memory />
      <Password />
      <section class="card">
        <h2>{t("about")}</h2>
        <p class="muted">
          {t("aboutText", { version: status.value?.version ?? "", entities: status.value?.entities ?? 0 })}
        </p>
        <p>
          <a class="line-link" href={address("openapi.json")}>
            {t("apiText")}
          </a>
        </p>
        <button type="button" class="button" onClick={logout}>
          {t("logout")}
        </button>
      </section>
    </>
  );
}
