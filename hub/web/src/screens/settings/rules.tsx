// Who may do what, by kinds of effects, devices, places and ways in. Only the owner changes it.

import { useCallback, useEffect, useState } from "preact/hooks";
import { get, put } from "../../api/client";
import type { Rules, RulesAnswer } from "../../api/types";
import { t } from "../../i18n/text";
import { hasUnsaved } from "../../state/unsaved";
import { EffectGrid } from "./effect_grid";
import { RoleLimits } from "./role_limits";
import { DeviceRules, PlaceRules, WayRules } from "./rule_exceptions";
import { tellSaved } from "./saved";
import { submit } from "../../controls/submit";

export function RulesCard() {
  const [answer, setAnswer] = useState<RulesAnswer | null>(null);
  const [rules, setRules] = useState<Rules | null>(null);
  const take = useCallback((now: RulesAnswer) => {
    setAnswer(now);
    setRules(now.rules);
  }, []);
  useEffect(() => {
    get<RulesAnswer>("rules").then(take, () => undefined);
  }, [take]);
  const isChanged = JSON.stringify(rules) !== JSON.stringify(answer?.rules ?? null);
  useEffect(() => {
    hasUnsaved.value = isChanged;
    return () => {
      hasUnsaved.value = false;
    };
  }, [isChanged]);
  if (!answer || !rules) return null;
  const save = (password: string) => tellSaved(put<RulesAnswer>("rules", { rules, password }).then(take));
  return (
    <section class="card">
      <h2>{t("rulesTitle")}</h2>
      <p class="muted">{t("rulesText")}</p>
      <EffectGrid rules={rules} usual={answer.usual} set={setRules} />
      <RoleLimits role="guest" rules={rules} set={setRules} />
      <RoleLimits role="child" rules={rules} set={setRules} />
      <DeviceRules rules={rules} set={setRules} />
      <PlaceRules rules={rules} set={setRules} />
      <WayRules rules={rules} set={setRules} />
      {isChanged && <SaveBar save={save} discard={() => setRules(answer.rules)} />}
    </section>
  );
}

function SaveBar({ save, discard }: { save: (password: string) => Promise<boolean>; discard: () => void }) {
  const [password, setPassword] = useState("");
  return (
    <form class="row save" onSubmit={submit(() => save(password))}>
      <input
        class="field"
        type="password"
        autocomplete="current-password"
        placeholder={t("password")}
        aria-label={t("password")}
        value={password}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={!password}>
        {t("save")}
      </button>
      <button type="button" class="button" onClick={discard}>
        {t("discard")}
      </button>
    </form>
  );
}
