//! Taking the data out: all entries of the household as the file that `budget export` writes, byte for byte.
//!
//! It is written bit by bit while the browser takes it, on a thread of its own, so its size costs no memory. What fails in the middle breaks
//! the download off, so that half a file is not taken for a whole one.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use super::frame::Frame;
use super::shell::{Section, Shell};
use crate::db::Connection;
use crate::exchange::{ExportError, export};
use crate::households::Member;
use crate::ledger::transaction::sums;
use crate::web::error::Error;
use crate::web::extract::SignedIn;
use crate::web::{State, htmx};

/// Pieces that wait for the browser; each holds the rows of one batch.
const PIECES_MAX: usize = 2;
/// How long a browser may take for one piece before it is given up.
const PIECE_WITHIN: Duration = Duration::from_mins(1);

#[derive(Template)]
#[template(path = "export/index.html")]
struct Index {
    shell: Shell,
    entries: String,
}

/// `GET /data/export`
///
/// # Errors
/// When the database fails.
pub async fn index(state: Data<State>, caller: SignedIn, frame: Frame) -> Result<HttpResponse, Error> {
    let (member, entries) = state
        .db
        .read(caller.caller, |conn, member| {
            let entries = sums::entries_count(conn, member.household)?;
            Ok::<_, Error>((member.clone(), entries))
        })
        .await?;
    let noun = if entries == 1 { "entry" } else { "entries" };
    let page = Index {
        shell: frame.shell(&member, Section::Export),
        entries: format!("{} {noun}", member.number_format.count(entries)),
    };
    frame.finish(&state, htmx::html(page.render()?))
}

/// `GET /data/export/budget.csv`
///
/// # Errors
/// [`Error::Busy`] while many are being written; or when the database fails before the first piece.
pub async fn file(request: HttpRequest, state: Data<State>, caller: SignedIn) -> Result<HttpResponse, Error> {
    let member = state
        .db
        .read(caller.caller.clone(), |_, member| Ok::<_, Error>(member.clone()))
        .await?;
    let name = format!("budget-{}.csv", state.clock.today(member.time_zone));
    let mut answer = HttpResponse::Ok();
    answer
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ));
    if request.method() == Method::HEAD {
        return Ok(answer.finish());
    }
    let turn = Arc::clone(&state.exports).try_acquire_owned();
    let turn = turn.map_err(|_| Error::Busy("many exports are being written".to_owned()))?;
    let mut pieces = begin(&state, caller).await?;
    // What goes wrong before the first piece is still an answer of its own.
    let first = match pieces.recv().await {
        Some(Piece::Bytes(bytes)) => bytes,
        Some(Piece::Failed(error)) => return Err(refused(error)),
        Some(Piece::Whole) | None => return Err(Error::internal("an export ended without a word")),
    };
    Ok(answer.body(Download {
        first: Some(first),
        pieces,
        is_over: false,
        _turn: turn,
    }))
}

/// Begins to write; what comes out in the order in which it came.
async fn begin(state: &State, caller: SignedIn) -> Result<Receiver<Piece>, Error> {
    let (sender, pieces) = channel(PIECES_MAX);
    let complain = sender.clone();
    let runtime = Handle::current();
    let work = move |conn: &mut Connection, member: &Member| {
        let mut out = Pieces { runtime, sender };
        let end = match export::export(conn, member, &mut out) {
            Ok(_) => Piece::Whole,
            Err(error) => Piece::Failed(error),
        };
        if let Err(error) = out.pass(end) {
            tracing::debug!(%error, "nobody waits for the end of an export");
        }
    };
    let refused = move |error| {
        // Before the work begins there is room; afterwards its own word counts.
        if let Err(error) = complain.try_send(Piece::Failed(ExportError::Db(error))) {
            tracing::debug!(%error, "an export was refused, and nobody waits for it");
        }
    };
    state.db.read_on(caller.caller, work, refused).await?;
    Ok(pieces)
}

fn refused(error: ExportError) -> Error {
    match error {
        ExportError::Db(error) => error.into(),
        ExportError::Write(error) => Error::internal(error),
    }
}

/// What the writer hands over.
enum Piece {
    Bytes(Bytes),
    /// That was all.
    Whole,
    /// What came so far is no whole file.
    Failed(ExportError),
}

/// Hands over what is written, and waits while the browser is slower.
struct Pieces {
    runtime: Handle,
    sender: Sender<Piece>,
}

impl Pieces {
    fn pass(&self, piece: Piece) -> io::Result<()> {
        let sent = self
            .runtime
            .block_on(async { timeout(PIECE_WITHIN, self.sender.send(piece)).await });
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::Error::new(io::ErrorKind::BrokenPipe, "the reader left")),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the reader takes no more",
            )),
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.pass(Piece::Bytes(Bytes::copy_from_slice(bytes)))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The body of the answer.
struct Download {
    first: Option<Bytes>,
    pieces: Receiver<Piece>,
    is_over: bool,
    /// Given back with the download.
    _turn: OwnedSemaphorePermit,
}

impl MessageBody for Download {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if self.is_over {
            return Poll::Ready(None);
        }
        let piece = match self.pieces.poll_recv(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(piece) => piece,
        };
        if let Some(Piece::Bytes(bytes)) = piece {
            return Poll::Ready(Some(Ok(bytes)));
        }
        self.is_over = true;
        let cause = match piece {
            Some(Piece::Whole) => return Poll::Ready(None),
            Some(Piece::Failed(ExportError::Db(_))) => "the database failed",
            Some(Piece::Failed(ExportError::Write(_))) => "the reader took no more",
            Some(Piece::Bytes(_)) | None => "it ended without a word",
        };
        tracing::error!(cause, "an export broke off");
        Poll::Ready(Some(Err(cause.into())))
    }
}
