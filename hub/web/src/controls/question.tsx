// A question and its answers: yes or no, the PIN, one of several things, a time, or what was missing.

import { useSignalEffect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Question } from "../api/types";
import { type Key, t } from "../i18n/text";
import { answer, asked } from "../state/actions";
import { LATER, NEVER, NO, YES, choiceWords } from "../state/questions";
import { submit } from "./submit";

interface AnswersProps {
  question: Question;
  /** Takes the words, and what is shown of them. */
  say: (text: string, shown: string) => void;
  /** Whether the answer that does least has the focus. */
  focus?: boolean;
}

export function Answers({ question, say, focus = false }: AnswersProps) {
  switch (question.kind) {
    case "pin":
      return <PinField say={say} focus={focus} />;
    case "which":
      return <Choices question={question} say={say} />;
    case "when":
      return <WordsField label="whenLabel" example="whenExample" say={say} focus={focus} />;
    case "value":
      return <WordsField label="valueLabel" example="valueExample" say={say} focus={focus} />;
    case "suggestion":
      return <Offer say={say} focus={focus} />;
    case "confirm":
      return <YesNo say={say} focus={focus} />;
  }
}

function YesNo({ say, focus }: Omit<Required<AnswersProps>, "question">) {
  const no = useFocus<HTMLButtonElement>(focus);
  return (
    <div class="answers">
      <button type="button" class="button primary" onClick={() => say(YES, t("yes"))}>
        {t("yes")}
      </button>
      <button ref={no} type="button" class="button" onClick={() => say(NO, t("no"))}>
        {t("no")}
      </button>
    </div>
  );
}

function Offer({ say, focus }: Omit<Required<AnswersProps>, "question">) {
  const later = useFocus<HTMLButtonElement>(focus);
  return (
    <div class="answers">
      <button type="button" class="button primary" onClick={() => say(YES, t("doThat"))}>
        {t("doThat")}
      </button>
      <button ref={later} type="button" class="button" onClick={() => say(LATER, t("later"))}>
        {t("later")}
      </button>
      <button type="button" class="button" onClick={() => say(NEVER, t("never"))}>
        {t("never")}
      </button>
    </div>
  );
}

/** A few at first: nobody reads twenty buttons. */
function Choices({ question, say }: AnswersProps) {
  const [isLong, setLong] = useState(question.choices.length <= FEW + 1);
  const shown = isLong ? question.choices : question.choices.slice(0, FEW);
  return (
    <div class="answers">
      {shown.map((choice, index) => (
        <button
          key={choice.entity_id}
          type="button"
          class="button"
          onClick={() =>
            say(choiceWords(question, index), [choice.area, choice.name].filter(Boolean).join(" · "))
          }
        >
          {choice.name}
          {choice.area && <small>{choice.area}</small>}
        </button>
      ))}
      {!isLong && (
        <button type="button" class="button quiet" onClick={() => setLong(true)}>
          {t("others", { n: question.choices.length - FEW })}
        </button>
      )}
      <Cancel say={say} />
    </div>
  );
}

function WordsField({
  label,
  example,
  say,
  focus,
}: {
  label: Key;
  example: Key;
  say: AnswersProps["say"];
  focus: boolean;
}) {
  const [words, setWords] = useState("");
  const field = useFocus<HTMLInputElement>(focus);
  return (
    <form class="answers" onSubmit={submit(() => words.trim() && say(words.trim(), words.trim()))}>
      <input
        ref={field}
        class="field words"
        maxLength={200}
        autocomplete="off"
        placeholder={t(example)}
        aria-label={t(label)}
        value={words}
        onInput={(event) => setWords(event.currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={!words.trim()}>
        {t("ok")}
      </button>
      <Cancel say={say} />
    </form>
  );
}

function PinField({ say, focus }: Omit<Required<AnswersProps>, "question">) {
  const [pin, setPin] = useState("");
  const field = useFocus<HTMLInputElement>(focus);
  const send = () => {
    if (pin) say(pin, "••••");
    setPin("");
  };
  return (
    <form class="answers" onSubmit={submit(send)}>
      <input
        ref={field}
        class="field pin"
        type="password"
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={12}
        placeholder={t("pin")}
        aria-label={t("pinLabel")}
        value={pin}
        onInput={(event) => setPin(event.currentTarget.value.replace(/\D/g, ""))}
      />
      <button type="submit" class="button primary" disabled={pin.length < 4}>
        {t("ok")}
      </button>
      <Cancel say={say} />
    </form>
  );
}

function Cancel({ say }: Pick<AnswersProps, "say">) {
  return (
    <button type="button" class="button quiet" onClick={() => say(NO, t("cancel"))}>
      {t("cancel")}
    </button>
  );
}

/** The question that a control raised. */
export function QuestionDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const now = asked.value;
  useSignalEffect(() => {
    const isOpen = dialog.current?.open === true;
    if (asked.value && !isOpen) dialog.current?.showModal();
    if (!asked.value && isOpen) dialog.current?.close();
  });
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="question" onCancel={submit(() => answer(NO))}>
      <h2 id="question">{now?.reply}</h2>
      {now && <Answers question={now.question} focus say={(text) => void answer(text)} />}
    </dialog>
  );
}

function useFocus<T extends HTMLElement>(isWanted: boolean) {
  const element = useRef<T>(null);
  useEffect(() => {
    if (isWanted) element.current?.focus();
  }, [isWanted]);
  return element;
}

const FEW = 6;
