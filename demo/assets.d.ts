/** A style sheet that a view imports comes with the view's code. */
declare module '*.css' {}
