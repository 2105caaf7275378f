//! The certificates that are here. One that many calls want at once is fetched once.

use crate::certificate::{Chain, Roots};
use cabrank_core::Flaw;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;
use url::Url;

/// How long one that could not be had is not asked for again, in seconds.
const SULK_S: u64 = 10;
/// After how many seconds a chain that held is looked at again: for so long an expiry may go unnoticed.
const HOLDS_S: u64 = 60;

/// The shelf.
#[derive(Debug)]
pub(crate) struct Shelf {
    count_max: usize,
    keep_s: u64,
    books: Mutex<HashMap<Url, Arc<Book>>>,
}

#[derive(Debug)]
struct Book {
    since_s: u64,
    chain: OnceCell<Result<Arc<Kept>, Flaw>>,
}

/// A chain that is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The chain.
    pub chain: Chain,
    held_at_s: AtomicU64,
}

impl Kept {
    /// Whether the chain leads to a root and is valid; looked at once a minute.
    pub(crate) fn leads_to(&self, roots: &Roots, now_s: u64) -> Result<(), Flaw> {
        let held_at_s = self.held_at_s.load(Ordering::Relaxed);
        if (held_at_s..=held_at_s.saturating_add(HOLDS_S)).contains(&now_s) {
            return Ok(());
        }
        self.chain.leads_to(roots, now_s)?;
        self.held_at_s.store(now_s, Ordering::Relaxed);
        Ok(())
    }
}

impl Shelf {
    /// An empty shelf with so many places, where each certificate stays for so many seconds.
    pub(crate) fn new(count_max: usize, keep_s: u64) -> Shelf {
        Shelf { count_max, keep_s, books: Mutex::default() }
    }

    /// The chain of that address, from the shelf or by `fetch`.
    pub(crate) async fn chain(
        &self,
        address: &Url,
        now_s: u64,
        fetch: impl AsyncFnOnce(&Url) -> Result<Chain, Flaw>,
    ) -> Result<Arc<Kept>, Flaw> {
        let book = self.book(address, now_s);
        let fetched = async || fetch(address).await.map(|chain| Arc::new(Kept { chain, held_at_s: AtomicU64::new(u64::MAX) }));
        book.chain.get_or_init(fetched).await.clone()
    }

    fn book(&self, address: &Url, now_s: u64) -> Arc<Book> {
        let mut books = self.books.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(book) = books.get(address).filter(|book| book.since_s.saturating_add(self.lasts_s(book)) > now_s) {
            return Arc::clone(book);
        }
        books.remove(address);
        while books.len() >= self.count_max.max(1) {
            let worst = books.iter().min_by_key(|(_, book)| (book.is_good(), book.since_s)).map(|(url, _)| url.clone());
            worst.and_then(|url| books.remove(&url));
        }
        let book = Arc::new(Book { since_s: now_s, chain: OnceCell::new() });
        books.insert(address.clone(), Arc::clone(&book));
        book
    }

    fn lasts_s(&self, book: &Book) -> u64 {
        if matches!(book.chain.get(), Some(Err(_))) { SULK_S } else { self.keep_s }
    }
}

impl Book {
    fn is_good(&self) -> bool {
        matches!(self.chain.get(), Some(Ok(_)))
    }
}
