export type API = 'geolocation' | 'notifications';

export interface BackgroundRunner {
  a: string;
}
