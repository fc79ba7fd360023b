//! Where does nobody listen, for as long as it is asked?
//!
//! A port that was merely let go is given to the next server of another test, which then answers.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, SocketAddr},
    sync::LazyLock,
};

use tokio::net::TcpSocket;

/// A port that is held and not listened at: every connection is refused.
#[derive(Debug)]
pub(super) struct ClosedPort {
    socket: TcpSocket,
}

impl ClosedPort {
    /// Any free one.
    fn any() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self { socket }
    }

    /// The one of a server that ends, once it has ended.
    pub(super) async fn after(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // Connections that the server had are still remembered.
        socket.set_reuseaddr(true).unwrap();
        while let Err(error) = socket.bind(address) {
            assert_eq!(error.kind(), ErrorKind::AddrInUse);
            tokio::task::yield_now().await;
        }
        Self { socket }
    }
}

/// An address `http://127.0.0.1:PORT` where nobody listens, the same for the whole process.
pub fn nobody() -> &'static str {
    static CLOSED: LazyLock<(ClosedPort, String)> = LazyLock::new(|| {
        let port = ClosedPort::any();
        let url = format!("http://{}", port.socket.local_addr().unwrap());
        (port, url)
    });
    &CLOSED.1
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::standins::SirStandin;

    fn address(url: &str) -> SocketAddr {
        url.trim_start_matches("http://").parse().unwrap()
    }

    #[tokio::test]
    async fn a_connection_is_refused_and_the_port_is_given_to_nobody_else() {
        let ending = SirStandin::start().await.unwrap();
        let ended = address(ending.url());
        TcpStream::connect(ended).unwrap();
        drop(ending);
        let _held = ClosedPort::after(ended).await;
        for closed in [ended, address(nobody())] {
            assert_eq!(TcpStream::connect(closed).unwrap_err().kind(), ErrorKind::ConnectionRefused);
            assert!(TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap() != closed);
        }
        assert!(TcpListener::bind(address(nobody())).is_err());
    }
}
