import type { Receiver } from '../../world/buyers.ts';
import type { World } from '../../world/world.ts';

/** How many yuan make a dollar in this world, for ever. */
const RATE = 7.2;

/** Fen → cents. */
export const cents = (fen: number): number => Math.round(fen / RATE);

/** "12.5", "55.0": no zeros beyond one digit (channels.md §4.6). */
export function money(minor: number): object {
  const amount = { amount: (minor / 100).toFixed(2).replace(/0$/, ''), currencyCode: 'USD' };
  return { shopMoney: amount, presentmentMoney: amount };
}

const firstNames = ['Ada', 'Grace', 'Alan', 'Linus', 'Barbara', 'Ken', 'Frances', 'Donald', 'Radia', 'Edsger'];
const lastNames = ['Rivera', 'Okafor', 'Nguyen', 'Schmidt', 'Costa', 'Novak', 'Haddad', 'Larsen', 'Moreau', 'Walsh'];
const places = [
  ['San Francisco', 'California', 'CA', '941', '415'],
  ['Portland', 'Oregon', 'OR', '972', '503'],
  ['Austin', 'Texas', 'TX', '787', '512'],
  ['Chicago', 'Illinois', 'IL', '606', '312'],
  ['Brooklyn', 'New York', 'NY', '112', '718'],
] as const;
const streets = ['Maple Ave', 'Oak St', 'Mission St', 'Lakeview Dr', 'Division St', 'Elm Ct'];

/** The buyer as an American: the same person has the same name, address and number in every order. */
export function american(world: World, { phone }: Receiver) {
  const random = world.random('american', phone);
  const [city, province, provinceCode, zip, area] = random.pick(places);
  const [firstName, lastName] = [random.pick(firstNames), random.pick(lastNames)];
  return {
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    phone: `+1${area}${random.int(2, 9)}${phone.slice(-6)}`,
    address1: `${random.int(1, 9_999)} ${random.pick(streets)}`,
    address2: random.chance(0.3) ? `Apt ${random.int(1, 60)}` : null,
    city,
    province,
    provinceCode,
    zip: `${zip}${String(random.int(1, 99)).padStart(2, '0')}`,
    countryCodeV2: 'US',
  };
}
