//! The page's style: light and dark, legible, printable.

/// What is not about charts.
pub(super) const STYLE: &str = "\
:root { color-scheme: light dark; --page: #ffffff; --text: #1f2933; --faint: #52606d; --rule: #d3dae0; --soft: #f3f6f8;
  --good: #006b3f; --bad: #b3261e; --link: #005a9c; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --text: #e6e9ec; --faint: #a3afba; --rule: #343d46;
  --soft: #1c2229; --good: #6fd3a0; --bad: #ff9d94; --link: #7cc4ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 88rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 3rem 0 0.75rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none; }
a { color: var(--link); }
.facts { display: flex; flex-wrap: wrap; gap: 0.5rem 2rem; margin: 0 0 1rem; }
.facts dt { color: var(--faint); font-size: 0.8125rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.remark { margin: 0.25rem 0; color: var(--faint); }
.words { display: flex; flex-wrap: wrap; gap: 0 4rem; align-items: flex-start;
  align-content: flex-start; min-width: 0; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: 0.75rem 0; font-variant-numeric: tabular-nums; font-size: 0.9375rem; }
caption { text-align: left; white-space: nowrap; font-weight: 600; padding: 0.5rem 0; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 5.5rem; overflow-wrap: anywhere; }
thead th { color: var(--faint); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; }
tbody th.within { font-weight: 400; padding-left: 1.25rem; }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.means { flex-basis: 100%; color: var(--faint); font-size: 0.875rem; margin: 0.75rem 0; max-width: 60rem; }
.means dt { display: inline; font-weight: 600; }
.means dd { display: inline; margin: 0; }
.means div { margin: 0.15rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); gap: 1.5rem 2.5rem; margin: 1.25rem 0; }
@media (min-width: 80rem) { .beside { display: grid; grid-template-columns: minmax(0, 1fr) 33rem; column-gap: 2rem; }
  .beside h2 { grid-column: 1 / -1; } .beside .figures { grid-template-columns: minmax(0, 1fr); align-content: start; } }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: 0.5rem; overflow-wrap: anywhere; }
details { margin-top: 0.25rem; font-size: 0.875rem; }
summary { cursor: pointer; color: var(--link); }
@media print { body { max-width: none; padding: 0; } figure, table { break-inside: avoid; } nav { display: none; } }
";
