// Numbers in the language of the page. A formatter is made once: to make one costs more than all it formats.

import { language } from "./text";

export function decimal(value: number, digits = 0): string {
  const { locale } = language();
  const name = `${locale} ${digits}`;
  let format = formats.get(name);
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits });
    formats.set(name, format);
  }
  return format.format(value);
}

const formats = new Map<string, Intl.NumberFormat>();
