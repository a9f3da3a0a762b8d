// A turn that went wrong: two taps to what was meant. What is offered is what the hub can really do.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { get, remove, spoken } from "../../api/client";
import type { Repairs } from "../../api/types";
import { lang, t } from "../../i18n/text";
import { forgetExchanges } from "../../state/conversation";
import { toast } from "../../state/toasts";
import { RepairChoices } from "./repair_choices";

/** What can be done about a turn afterwards. */
export function Repair({ id, isSaid, before }: { id: string; isSaid: boolean; before: ComponentChildren }) {
  const [offers, setRepairs] = useState<Repairs | null>(null);
  const [isBusy, setBusy] = useState(false);
  const open = async () => {
    if (offers) return setRepairs(null);
    setBusy(true);
    await get<Repairs>(`turns/${id}/repair?lang=${lang.value}`).then(setRepairs, (error: unknown) =>
      toast(spoken(error), "bad"),
    );
    setBusy(false);
  };
  return (
    <>
      <div class="afterwards">
        {before}
        {isSaid && (
          <button
            type="button"
            class="link"
            aria-expanded={offers !== null}
            disabled={isBusy}
            onClick={() => void open()}
          >
            {t(isBusy ? "thinking" : "wasWrong")}
          </button>
        )}
        <button type="button" class="link" onClick={() => void forget(id)}>
          {t("forget")}
        </button>
      </div>
      {offers && <RepairChoices id={id} repairs={offers} done={() => setRepairs(null)} />}
    </>
  );
}

async function forget(id: string): Promise<void> {
  if (!confirm(t("forgetTurnSure"))) return;
  try {
    await remove(`turns/${id}`);
    forgetExchanges((one) => one.turn?.turn === id);
  } catch (error) {
    toast(spoken(error), "bad");
  }
}
