// What is planned is taken away, and can be brought back.

import { remove, spoken } from "../../api/client";
import type { Turn } from "../../api/types";
import { lang, t } from "../../i18n/text";
import { undo } from "../../state/actions";
import { loadSchedules } from "../../state/schedules";
import { toast } from "../../state/toasts";

/** Takes something planned away, with a way to bring it back. */
export async function takeAway(path: string): Promise<void> {
  try {
    const turn = await remove<Turn>(`${path}?lang=${lang.value}`);
    await loadSchedules();
    if (turn.outcome !== "act" || !turn.turn) return toast(turn.reply, "bad");
    const id = turn.turn;
    toast(turn.reply, "plain", { word: t("undo"), call: () => void undo(id).then(loadSchedules) });
  } catch (error) {
    toast(spoken(error), "bad");
  }
}
