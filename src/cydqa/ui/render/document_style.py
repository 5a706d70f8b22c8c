"""The style of the page for reading. Colours are mixed from the theme's text colour: one sheet for light and dark."""

STYLE = """
<style>
.cyd-reading { container-type: inline-size; overflow-wrap: anywhere; }
.cyd-reading, .cyd-head { --faint: color-mix(in srgb, currentColor 18%, transparent);
  --quiet: color-mix(in srgb, currentColor 78%, transparent); }
.cyd-reading a, .cyd-head a { color: inherit; text-decoration-color: color-mix(in srgb, currentColor 50%, transparent);
  text-underline-offset: 0.2em; }
.cyd-reading a:hover, .cyd-head a:hover { text-decoration-thickness: 2px; text-decoration-color: currentColor; }
.cyd-reading a:focus-visible, .cyd-head a:focus-visible, .cyd-reading summary:focus-visible,
.cyd-table:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: 2px; }
.cyd-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
.cyd-added { user-select: none; }

.cyd-head { scroll-margin-top: 6rem; max-width: 52rem; overflow-wrap: anywhere; }
.cyd-head h1, .cyd-reading h2, .cyd-reading h3, .cyd-reading h4 { font-family: "Source Serif", Charter, Georgia, serif;
  font-weight: 600; letter-spacing: -0.01em; text-wrap: balance; unicode-bidi: isolate; padding: 0; }
.cyd-head h1 { font-size: clamp(1.7rem, 1.2rem + 2vw, 2.5rem); line-height: 1.18; margin: 0 0 1.1rem; }
.cyd-facts { display: flex; flex-wrap: wrap; gap: 0.7rem 2rem; margin: 0; padding: 0 !important; }
.cyd-facts div { min-width: 0; max-width: 100%; }
.cyd-facts dt { font-size: 0.8rem; font-weight: 400; color: var(--quiet); margin: 0; }
.cyd-facts dd { margin: 0; font-size: 0.95rem; unicode-bidi: isolate; }

.cyd-columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem 3.5rem; }
.cyd-outline-wide { display: none; }
.cyd-outline ol { list-style: none; margin: 0; padding: 0 !important; font-size: 0.92rem; line-height: 1.35; }
.cyd-outline li { margin: 0 0 0.1rem; unicode-bidi: isolate; }
.cyd-outline li a { display: block; padding: 0.25rem 0; text-decoration: none; color: var(--quiet); }
.cyd-outline li a:hover { color: inherit; text-decoration: underline; }
.cyd-outline .cyd-3 { padding-left: 1rem; }
.cyd-outline .cyd-4 { padding-left: 2rem; }
.cyd-outline summary { cursor: pointer; padding: 0.5rem 0; font-weight: 600; }
.cyd-outline details { border-block: 1px solid var(--faint); }
.cyd-outline p { font-size: 0.8rem; color: var(--quiet); margin: 0 0 0.4rem; }
@container (min-width: 58rem) {
  .cyd-columns.cyd-outlined { grid-template-columns: 14rem minmax(0, 1fr); }
  .cyd-outline-wide { display: block; position: sticky; top: 4.5rem; align-self: start;
    max-height: calc(100vh - 6rem); overflow-y: auto; }
  .cyd-outline-narrow { display: none; }
}

.cyd-text { font-family: "Source Serif", Charter, Georgia, serif; font-size: 1.125rem; line-height: 1.62;
  max-width: 66ch; font-kerning: normal; hanging-punctuation: first; }
.cyd-text > :first-child { margin-top: 0; }
.cyd-text p { margin: 0 0 1.05em; font-size: inherit; }
.cyd-text h2 { font-size: 1.5rem; line-height: 1.25; margin: 2.2em 0 0.6em; }
.cyd-text h3 { font-size: 1.24rem; line-height: 1.3; margin: 1.9em 0 0.5em; }
.cyd-text h4 { font-size: 1.08rem; line-height: 1.35; margin: 1.6em 0 0.4em; }
.cyd-text h2, .cyd-text h3, .cyd-text h4, .cyd-text mark, .cyd-notes li { scroll-margin-top: 5rem; }
.cyd-text ul { list-style: none; margin: 0 0 1.05em; padding: 0 !important; padding-inline-start: 1.6em !important;
  font-size: inherit; }
.cyd-text li { margin: 0 0 0.35em; padding: 0; font-size: inherit; text-indent: -1.6em; white-space: pre-line; }
.cyd-bullet { display: inline-block; min-width: 1.6em; text-indent: 0; white-space: pre; }
.cyd-text .cyd-lines { white-space: pre-wrap; }
.cyd-text .cyd-code { white-space: pre-wrap; font-family: "Source Code Pro", ui-monospace, monospace; font-size: 0.85em;
  line-height: 1.5; padding: 0.8em 1em; border: 1px solid var(--faint); border-radius: 0.4rem; tab-size: 4; }
.cyd-table { overflow-x: auto; margin: 0 0 1.3em; }
.cyd-table table { border-collapse: collapse; min-width: 100%; margin: 0; font-family: "Source Sans", sans-serif;
  font-size: 0.95rem; line-height: 1.45; font-variant-numeric: tabular-nums; }
.cyd-table td { border: 0; border-bottom: 1px solid var(--faint); padding: 0.45rem 1.2rem 0.45rem 0;
  vertical-align: top; text-align: start; min-width: 5.5rem; }
.cyd-table tr:first-child td { border-top: 2px solid var(--faint); }
.cyd-separator { display: none; }
.cyd-page { font-family: "Source Sans", sans-serif; font-size: 0.8rem; color: var(--quiet); text-indent: 0; }
div.cyd-page { display: flex; align-items: center; gap: 0.8rem; margin: 1.6em 0; }
div.cyd-page::after { content: ""; flex: 1; border-top: 1px solid var(--faint); }
span.cyd-page { border: 1px solid var(--faint); border-radius: 0.3rem; padding: 0 0.35rem; margin-inline: 0.25rem;
  white-space: nowrap; }
.cyd-text mark { background: rgba(255, 196, 0, 0.34); color: inherit; padding: 0.08em 0; box-decoration-break: clone;
  -webkit-box-decoration-break: clone; }
.cyd-text mark:focus { outline: none; }
.cyd-text .cyd-unresolved { text-decoration: underline dotted; text-underline-offset: 0.25em; cursor: help;
  text-decoration-color: color-mix(in srgb, currentColor 60%, transparent); }
.cyd-notes { max-width: 46rem; border-top: 1px solid var(--faint); margin: 2.5rem 0 0; font-size: 0.95rem; }
.cyd-notes h2 { font-size: 1.25rem; margin: 1.4rem 0 0.6rem; }
.cyd-notes ol, .cyd-notes ul { list-style: none; padding: 0 !important; margin: 0; }
.cyd-notes li { margin: 0 0 0.6rem; line-height: 1.45; unicode-bidi: isolate; }
.cyd-notes span.cyd-number { font-variant-numeric: tabular-nums; color: var(--quiet); }
.cyd-found { margin: 0 0 0.9rem; opacity: 0.8; font-size: 0.88rem; overflow-wrap: anywhere; }
[class*="st-key-cyd-found"] a, [class*="st-key-cyd-ways"] a, [class*="st-key-cyd-parts"] a { background: none;
  padding-inline: 0; }
:is([class*="st-key-cyd-found"], [class*="st-key-cyd-ways"], [class*="st-key-cyd-parts"]) a p { white-space: normal;
  text-decoration: underline; text-underline-offset: 0.2em; overflow-wrap: anywhere;
  text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
[class*="st-key-cyd-found"] a, [class*="st-key-cyd-found"] a * { overflow: visible; white-space: normal; height: auto; }
.st-key-cyd-page img { border: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
@media (min-width: 641px) {
  .stColumn:has(.st-key-cyd-page) { position: sticky; top: 4.5rem; align-self: flex-start;
    max-height: calc(100vh - 5.5rem); overflow-y: auto; }
}
</style>
"""
