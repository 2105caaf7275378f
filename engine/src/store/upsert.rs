//! Rows put in the place of older ones, many in a statement: each statement is a way to another thread, or another machine, and
//! back, which costs more than the row.

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};

/// A statement whose values are being filled in.
pub(super) type Statement = Query<'static, Any, AnyArguments>;

/// A table whose rows are written whole.
pub(super) struct Table<const COLUMNS: usize> {
    pub(super) name: &'static str,
    /// The first is the key.
    pub(super) columns: [&'static str; COLUMNS],
    /// What stays as it is in a row that is there already.
    pub(super) kept: &'static [&'static str],
    /// How many rows share a statement.
    pub(super) together: usize,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// Puts these rows, no key twice; `bound` fills in the values of one, in the order of the columns.
    pub(super) async fn put<R>(
        &self,
        writing: &mut AnyConnection,
        rows: &[R],
        bound: impl Fn(Statement, &R) -> Statement,
    ) -> sqlx::Result<()> {
        let many = self.statement(self.together);
        let mut chunks = rows.chunks_exact(self.together);
        for rows in &mut chunks {
            let statement = sqlx::query(AssertSqlSafe(many.clone()));
            rows.iter().fold(statement, &bound).execute(&mut *writing).await?;
        }
        let one = self.statement(1);
        for row in chunks.remainder() {
            bound(sqlx::query(AssertSqlSafe(one.clone())), row).execute(&mut *writing).await?;
        }
        Ok(())
    }

    /// The statement that writes so many rows. Only so few different ones are kept prepared, hence the ones for many and for one.
    fn statement(&self, rows: usize) -> String {
        let place = |row: usize| (1..=COLUMNS).map(move |column| format!("${}", row * COLUMNS + column));
        let values = (0..rows).map(|row| format!("({})", place(row).collect::<Vec<_>>().join(", "))).collect::<Vec<_>>();
        let renewed = self.columns.iter().skip(1).filter(|column| !self.kept.contains(column));
        let renewed = renewed.map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
        format!(
            "INSERT INTO {} ({}) VALUES {} ON CONFLICT ({}) DO UPDATE SET {}",
            self.name,
            self.columns.join(", "),
            values.join(", "),
            self.columns[0],
            renewed.join(", ")
        )
    }
}
