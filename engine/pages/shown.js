// Figures as people read them; pages/shown.rs says the same for the first picture.
const NOTHING = "–";

const forms = {
  number: (value) => String(value),
  text: (value) => String(value),
  share: (value) => `${Math.round(value * 100)} %`,
  clock: (value) => {
    const [hours, minutes, seconds] = [Math.floor(value / 3600), Math.floor(value / 60) % 60, value % 60];
    const two = (part) => String(part).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  },
};

export function shown(value, form) {
  return value === null || value === undefined ? NOTHING : forms[form](value);
}
