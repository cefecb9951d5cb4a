#!/bin/sh -eu
api=${BASE:-http://localhost:3000}/api/v1
json='Content-Type: application/json'
token=$(curl -fsS "$api/auth/register" -H "$json" \
  -d "{\"username\": \"ada-$$\", \"password\": \"correct horse battery\"}" |
  sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
curl -fsS "$api/courses?q=python&limit=2" && echo
curl -fsS "$api/rooms/lobby/messages" -H "Authorization: Bearer $token" -H "$json" \
  -d "{\"cid\": \"hello-$$\", \"text\": \"Hello from curl\"}" && echo
curl -fsS "$api/rooms/lobby/messages?limit=5" -H "Authorization: Bearer $token" && echo
