/** Style sheets that a view imports, and what Vite says of the build. */
/// <reference types="vite/client" />
