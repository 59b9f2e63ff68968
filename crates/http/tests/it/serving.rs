//! Real connections: limits of time and size, and a graceful end.

use std::sync::Arc;
use std::time::Duration;

use http::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::world::World;

pub struct Served {
    pub world: World,
    pub address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
}

async fn serve(limits: Limits) -> Served {
    serve_world(World::with_limits(limits)).await
}

/// Serves a world on a port of its own.
pub async fn serve_world(world: World) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let app = Arc::clone(&world.app);
    let task = tokio::spawn(http::serve(app, listener, async move {
        let _ = stopped.await;
    }));
    Served { world, address, stop, task }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends text and reads until the server closes.
    pub async fn exchange(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn post(&self, length: usize, body: &str) -> String {
        format!(
            "POST /v1/redemptions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\
             \r\n{body}",
            self.world.all
        )
    }
}

#[tokio::test]
async fn requests_are_answered_over_a_socket() {
    let served = serve(Limits::default()).await;
    let answer = served.exchange("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = answer.await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"ok\""), "{answer}");
    let answer = served.exchange(&served.post(1 << 21, "")).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_large"), "{answer}");
}

#[tokio::test]
async fn slow_clients_are_not_waited_for() {
    let short = Duration::from_millis(80);
    let limits = Limits { header_time_max: short, body_time_max: short, ..Limits::default() };
    let served = serve(limits).await;
    let answer = served.exchange(&served.post(10, "{")).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
    let silent = served.exchange("GET /healthz HTTP/1.1\r\nhost:").await;
    assert!(!silent.contains("200"), "{silent}");
}

#[tokio::test]
async fn more_connections_than_allowed_wait_their_turn() {
    let served = serve(Limits { connections_max: 1, ..Limits::default() }).await;
    let first = served.connect().await;
    let request = "GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let second = served.exchange(request);
    let mut second = std::pin::pin!(second);
    let early = tokio::time::timeout(Duration::from_millis(50), &mut second).await;
    assert!(early.is_err(), "the second was served beside the first");
    drop(first);
    assert!(second.await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn stopping_finishes_what_is_under_way() {
    let served = serve(Limits::default()).await;
    let body = "{\"gift_card\":\"x\"}";
    let text = served.post(body.len(), "");
    let mut stream = served.connect().await;
    stream.write_all(text.as_bytes()).await.unwrap();
    // Another exchange shows that the server has had time to see the first request.
    served.exchange("GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await;
    served.stop.send(()).unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    served.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err(), "it still listens");
}
