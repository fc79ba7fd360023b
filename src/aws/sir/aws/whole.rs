//! Half characters in an answer are replaced before the SDK reads it: it would take the whole page for unreadable.

use aws_sdk_securityir::{
    config::{
        ConfigBag, Intercept, RuntimeComponents, interceptors::BeforeDeserializationInterceptorContextMut,
    },
    error::BoxError,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use futures_util::stream;

use crate::http::json;

#[derive(Debug)]
pub(super) struct Characters;

impl Intercept for Characters {
    fn name(&self) -> &'static str {
        "Characters"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        if body.content_length() != Some(0) {
            let sent = ByteStream::new(std::mem::replace(body, SdkBody::taken()));
            let mended = async move {
                let sent = sent.collect().await?.into_bytes();
                Ok::<_, aws_smithy_types::byte_stream::error::Error>(json::whole(&String::from_utf8_lossy(
                    &sent,
                )))
            };
            *body = SdkBody::from_body_1_x(reqwest::Body::wrap_stream(stream::once(mended)));
        }
        Ok(())
    }
}
