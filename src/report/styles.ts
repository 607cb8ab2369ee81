import { Markup } from './html.ts'

/** Light and dark by the reader's own setting; figures that line up; charts in as many columns as fit. */
export const STYLES = new Markup(`
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --ink: #1c2024; --soft: #565d66; --rule: #dcdfe3; --grid: #e9ebee;
  --fault: #f6e3dd; --good: #17653a; --bad: #a32014; --unsure: #7a5000;
  --s0: #14629e; --s1: #b3480a; --s2: #5b4bb0; --s3: #2f6f3e; --page-bar: #b3281a; --ticket-bar: #94680c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a9b1bb; --rule: #363c43; --grid: #2a2f35;
    --fault: #3a2723; --good: #6fce96; --bad: #ff9184; --unsure: #e9b95a;
    --s0: #6db6f2; --s1: #ff9d5c; --s2: #b3a5ff; --s3: #84cf95; --page-bar: #e5695b; --ticket-bar: #cf9f3b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .25rem; padding-top: 1.5rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p, ul { margin: .5rem 0; max-width: 46rem; }
.soft, .unit { color: var(--soft); }
.verdict { display: inline-block; padding: .3rem .8rem; border: 2px solid currentColor; border-radius: .4rem; font-weight: 650; }
.held { color: var(--good); } .did_not_hold { color: var(--bad); } .not_proven { color: var(--unsure); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; background: var(--card); margin: .75rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .4rem .9rem; border: 1px solid var(--rule); }
thead th { background: var(--page); font-weight: 650; }
tbody th { font-weight: 500; min-width: 9rem; }
.before-after td { font-weight: 600; } .same td { font-weight: 400; }
.before { color: var(--bad); } .after { color: var(--good); }
details { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; margin: .75rem 0; padding: 0 1rem; }
summary { cursor: pointer; padding: .7rem 0; font-weight: 600; }
summary .soft { font-weight: 400; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .25rem 1.5rem; padding-bottom: 1rem; }
figure { margin: .5rem 0; min-width: 0; }
figcaption { font-size: .85rem; }
figure svg { display: block; width: 100%; height: auto; }
.key { display: inline-flex; align-items: center; gap: .3rem; margin-left: .8rem; }
.key svg { width: 26px; height: 8px; flex: none; }
.fault { fill: var(--fault); } .grid { stroke: var(--grid); } .axis { stroke: var(--soft); }
.tick { fill: var(--soft); font-size: 10px; }
.series { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); stroke-dasharray: 5 3; }
.s2 { stroke: var(--s2); stroke-dasharray: 2 2; } .s3 { stroke: var(--s3); stroke-dasharray: 8 3 2 3; }
.s4 { stroke: var(--s0); stroke-dasharray: 1 4; } .s5 { stroke: var(--s1); }
.s6 { stroke: var(--s2); stroke-dasharray: 10 4; } .s7 { stroke: var(--s3); stroke-dasharray: 1 4; }
.fired { stroke: var(--page-bar); stroke-dasharray: 1 3; }
.bar.critical { fill: var(--page-bar); } .bar.warning { fill: var(--ticket-bar); }
.bar-name { fill: var(--ink); font-size: 10px; }
.no-data { color: var(--soft); font-size: .85rem; }
pre { overflow-x: auto; font-size: .8rem; background: var(--page); border: 1px solid var(--rule); border-radius: .4rem; padding: .75rem; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .85rem; }
:focus-visible { outline: 3px solid var(--s0); outline-offset: 2px; }
@media print { details { break-inside: avoid; } body { background: none; } }
`)
