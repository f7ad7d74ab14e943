/// The style of the report: one column on a phone, light and dark.
enum ReportStyle {
    static let css: Markup = """
        :root { color-scheme: light dark; --ink: #1d2329; --dim: #566069; --paper: #ffffff; --card: #f2f4f6; --line: #d5dade;
          --bar: #3a78b5; --bad: #b42a18; --held: #d8341c; --flush: #a0507f; --lock: #8f6212; --snapshot: #1f7a7a;
          --recover: #4b7a36; --verify: #3a68b0; --archive: #7557a0; --other: #66717b; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8eb; --dim: #a3adb5; --paper: #14181b; --card: #1f252a;
          --line: #38424a; --bar: #6aa5dd; --bad: #ff8674; --held: #ff6a55; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif;
          overflow-wrap: anywhere; }
        main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.5rem; line-height: 1.3; } h1 code { font-size: 1.25rem; }
        h2 { font-size: 1.2rem; line-height: 1.3; margin: 2rem 0 .6rem; }
        h3 { font-size: 1rem; margin: 1.4rem 0 .3rem; }
        .note, figcaption span, h3 span, summary { color: var(--dim); font-size: .87rem; font-weight: 400; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 1rem 0; }
        .facts div { background: var(--card); border-radius: 6px; padding: .6rem .8rem; }
        dt { color: var(--dim); font-size: .87rem; } dd { margin: 0; font-size: 1.15rem; font-weight: 600; }
        .bad { color: var(--bad); }
        .gaps { border-left: 4px solid var(--bad); padding: .1rem 1rem; background: var(--card); }
        .gaps h3 { margin-top: .6rem; } ul { padding-left: 1.2rem; }
        figure { margin: 1.2rem 0; }
        h3 span { white-space: nowrap; }
        .bars { display: flex; overflow: hidden; align-items: flex-end; height: 6rem; border-bottom: 1px solid var(--line); }
        .bars i { flex: 1 1 0; min-height: 1px; background: var(--bar); border-right: 1px solid var(--paper); }
        .bars .gap { height: 100%; }
        .dense i { border: 0; } .dense .gap { flex: none; width: 2px; background: var(--bad); }
        i.gap { background: repeating-linear-gradient(45deg, var(--bad) 0 2px, var(--paper) 2px 5px); }
        .axis { display: flex; justify-content: space-between; gap: 1rem; color: var(--dim); font-size: .8rem; }
        .key { white-space: nowrap; margin-right: .9rem; } .axis .key { margin: 0; }
        .key i { display: inline-block; width: .8rem; height: .8rem; }
        .legend { font-size: .87rem; color: var(--dim); margin: .3rem 0; }
        table { border-collapse: collapse; width: 100%; font-size: .87rem; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
        th, td { white-space: nowrap; } td:first-child, td:last-child { white-space: normal; min-width: 11.5rem; }
        tr.damaged td { color: var(--bad); }
        @media (max-width: 66rem) {
          thead, td.none { display: none; }
          table, tbody, tr { display: block; } tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
          td { display: inline-block; border: 0; padding: 0 .9rem 0 0; }
          td:first-child { display: block; font-weight: 600; }
          td:not(:first-child)::before { content: attr(data-title) " "; color: var(--dim); }
        }
        .timeline { display: flex; height: 1.7rem; border-radius: 4px; overflow: hidden; background: var(--card); }
        .step { background: var(--other); color: #fff; font-size: .8rem; line-height: 1.7rem; text-align: center;
          overflow: hidden; white-space: nowrap; }
        .step.flush { background: var(--flush); } .step.lock { background: var(--lock); }
        .step.snapshot { background: var(--snapshot); } .step.recover { background: var(--recover); }
        .step.verify { background: var(--verify); } .step.archive { background: var(--archive); }
        .window { height: .5rem; } .held { background: var(--held); } .window .held { height: .5rem; min-width: 2px; }
        article p { margin: .2rem 0; } .warnings { margin: .2rem 0; color: var(--dim); font-size: .87rem; }

        """
}
