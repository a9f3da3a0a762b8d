// Another password for whoever is logged in.

import { useState } from "preact/hooks";
import { put } from "../../api/client";
import { t } from "../../i18n/text";
import { tellSaved } from "./saved";
import { Secret } from "./secret";

export function Password() {
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const send = async (event: Event) => {
    event.preventDefault();
    if (await tellSaved(put("password", { old, new: next }))) {
      setOld("");
      setNext("");
    }
  };
  return (
    <section class="card">
      <h2>{t("changePassword")}</h2>
      <form onSubmit={(event) => void send(event)}>
        <Secret label={t("oldPassword")} value={old} set={setOld} autocomplete="current-password" />
        <Secret label={t("newPassword")} value={next} set={setNext} autocomplete="new-password" />
        <small class="muted">{t("passwordHint")}</small>
        <div class="row">
          <button type="submit" class="button primary" disabled={!old || next.length < 8}>
            {t("change")}
          </button>
        </div>
      </form>
    </section>
  );
}
