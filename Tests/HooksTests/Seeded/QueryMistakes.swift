/// Statements and their rows.
extension SeededMistake {
    static let queries = [
        SeededMistake(
            "a column of the answer",
            step("if run:sql('SELECT 1 AS n').n > 1 then return end"),
            "write rows[1].n"
        ),
        SeededMistake(
            "a column by its number",
            step("log.info(run:sql('SELECT 1 AS n')[1][1])"),
            "has its columns by name"
        ),
        SeededMistake(
            "a column that the query does not have",
            step("return run:veto(run:sql('SELECT 1 AS a')[1].b)"),
            "unknown column \"b\""
        ),
        SeededMistake(
            "an answer as a condition",
            step("if not run:sql('SELECT 1') then return end"),
            "write #rows > 0"
        ),
        SeededMistake(
            "a lock on the session that ends with the hook",
            step("run:admin('FLUSH TABLES WITH READ LOCK')"),
            "its session ends with the hook, and the table lock with it"
        ),
        SeededMistake(
            "a setting of the session that ends with the hook",
            step("run:admin('SET SESSION sql_log_bin = 0')"),
            "has no effect: it sets its own session"
        ),
    ]
}
