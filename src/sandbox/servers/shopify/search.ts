/** What a part of a search was ignored for. */
export interface Warning {
  field: string;
  message: string;
  code: 'invalid_field';
}

interface Search {
  /** SQL conditions over `orders`, all of which have to hold. */
  conditions: string[];
  values: (string | number)[];
  warnings: Warning[];
}

const TERM = /(\w+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|(\S+))/g;
const times: Readonly<Record<string, string>> = {
  updated_at: 'updated_at / 1000',
  created_at: 'created_at / 1000',
  processed_at: 'created_at / 1000',
};

/** The search syntax as far as lists of orders need it. A field that it does not know is ignored, which only a warning tells. */
export function readSearch(text: string): Search {
  const search: Search = { conditions: [], values: [], warnings: [] };
  for (const [, field = '', comparison = '=', ...values] of text.matchAll(TERM)) {
    const value = values.find((each) => each !== undefined) ?? '';
    const time = Object.hasOwn(times, field) ? times[field] : undefined;
    if (time !== undefined) {
      search.conditions.push(`${time} ${comparison} ?`);
      search.values.push(Math.floor(Date.parse(value) / 1_000));
    } else if (field === 'id') {
      search.conditions.push('no = ?');
      search.values.push(value);
    } else if (field === 'name') {
      search.conditions.push('substr(no, -6) = ?');
      search.values.push(value.replace('#', ''));
    } else {
      search.warnings.push({ field, message: 'Invalid search field for this query.', code: 'invalid_field' });
    }
  }
  return search;
}
