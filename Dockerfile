# An app directory as an image with one executable and nothing else. In this repository:
#
#   docker build --file Dockerfile --tag pool examples/worker-pool
#   docker run --rm pool --for 10s
#
# The context is the app; copy this file to wherever yours is built. Nothing of the context
# but what the app consists of (understudy docs 62.1) is in the image. Paths in the app are
# below /data, which may be written.
FROM golang:1.26 AS build
ARG UNDERSTUDY=latest
RUN CGO_ENABLED=0 go install -trimpath -ldflags="-s -w" \
    github.com/understudy-run/understudy/cmd/understudy@${UNDERSTUDY}
COPY . /app
RUN understudy build --output /program /app && mkdir /data

FROM scratch
COPY --from=build /program /program
# nobody's: the number needs no /etc/passwd
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/program"]
