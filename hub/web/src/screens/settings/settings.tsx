// What a person sets: the PIN, rules, tokens, what is remembered, the password.

import { Icon } from "../../controls/icons";
import { t } from "../../i18n/text";
import { status } from "../../state/house";
import { isOwner } from "../../state/login";
import { Memory } from "./memory";
import { Password } from "./password";
import { People } from "./people";
import { Pin } from "./pin";
import { RulesCard } from "./rules";
import { Tokens } from "./tokens";

export function Settings({ logout }: { logout: () => void }) {
  return (
    <main class="settings">
      <h1>
        <a class="round" href="#home" aria-label={t("back")}>
          <Icon name="back" />
        </a>
        {t("settings")}
      </h1>
      {isOwner() && (
        <>
          <Pin />
          <People />
          <RulesCard />
        </>
      )}
      <Tokens />
      <Memory />
      <Password />
      <section class="card">
        <h2>{t("about")}</h2>
        <p class="muted">
          {t("aboutText", { version: status.value?.version ?? "", entities: status.value?.entities ?? 0 })}
        </p>
        <p>
          <a href="/api/v1/openapi.json">{t("apiText")}</a>
        </p>
        <button type="button" class="button" onClick={logout}>
          {t("logout")}
        </button>
      </section>
    </main>
  );
}
