/// The style of the report: one column on a phone, light and dark.
enum ReportStyle {
    static let css: Markup = """
        :root { color-scheme: light dark; --ink: #1d2329; --dim: #5b6670; --paper: #ffffff; --card: #f2f4f6; --line: #d5dade;
          --bar: #3a78b5; --lock: #c8321f; --s0: #4f7fb0; --s1: #6a9a5b; --s2: #b08a3c; --s3: #8a6bb0; --s4: #3f9494; --s5: #9c6262; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e4e8eb; --dim: #9aa5ae; --paper: #14181b; --card: #1f252a;
          --line: #38424a; --bar: #6aa5dd; --lock: #ff6a55; --s0: #3f6a96; --s1: #52803f; --s2: #8c6c28; --s3: #6d5093;
          --s4: #2d7878; --s5: #824c4c; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin-top: 2rem; }
        h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; overflow-wrap: anywhere; }
        .note, figcaption span { color: var(--dim); font-size: .87rem; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 1rem 0; }
        .facts div { background: var(--card); border-radius: 6px; padding: .6rem .8rem; }
        dt { color: var(--dim); font-size: .87rem; } dd { margin: 0; font-size: 1.15rem; font-weight: 600; }
        .gaps { border-left: 4px solid var(--lock); padding: .1rem 1rem; background: var(--card); }
        figure { margin: 1rem 0; }
        .bars { display: flex; align-items: flex-end; gap: 1px; height: 6rem; border-bottom: 1px solid var(--line); }
        .bars i { flex: 1 1 0; max-width: 1.5rem; min-height: 1px; background: var(--bar); }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .87rem; }
        th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
        td:last-child { white-space: normal; min-width: 12rem; }
        tr.damaged td { color: var(--lock); }
        .timeline { display: flex; height: 1.7rem; border-radius: 4px; overflow: hidden; background: var(--card); }
        .step { min-width: 1px; overflow: hidden; color: #fff; font-size: .75rem; line-height: 1.7rem; text-align: center; }
        .s0 { background: var(--s0); } .s1 { background: var(--s1); } .s2 { background: var(--s2); }
        .s3 { background: var(--s3); } .s4 { background: var(--s4); } .s5 { background: var(--s5); }
        .window { height: .5rem; } .lock { height: .5rem; min-width: 2px; background: var(--lock); }
        article p { margin: .2rem 0; } .warnings { margin: .2rem 0; color: var(--dim); font-size: .87rem; }

        """
}
